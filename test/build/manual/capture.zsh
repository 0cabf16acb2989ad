# What zsh offers for command lines: zsh -f capture.zsh FPATH OUTPUT, with one line each on stdin.
# Every word that completion would add is written to OUTPUT, one line of them for each command line.
zmodload zsh/zpty
zpty z zsh -f -i
type_in() { zpty -w z "$*" }
wait_for() { while zpty -r z answer; do [[ $answer == *$1* ]] && return; done; exit 1 }

type_in "PROMPT=; fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -D -u; output=${(q)2}"
# When all words were collected, none is inserted or listed: the line stays as it was typed.
type_in 'hush() { compstate[insert]=; compstate[list]=; comppostfuncs=(hush); print collec''"''"ted }; comppostfuncs=(hush)'
type_in 'compadd() {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
  local -a hits; builtin compadd -A hits "$@"; local hit
  for hit in $hits; do print -rn -- "$hit"$'"'\\x1f'"' >>$output; done
  builtin compadd "$@"
}'
type_in "bindkey '^I' complete-word; print rea''dy"
wait_for ready
count=0
while IFS= read -r line; do
  (( ++count ))
  zpty -w -n z "$line"$'\t'
  wait_for collected
  zpty -w -n z $'\C-u'
  type_in "print >>\$output; print answer''$count"
  wait_for answer$count
done
zpty -d z
