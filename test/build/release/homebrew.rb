# What Homebrew does with a formula, as far as ours uses it: ruby homebrew.rb FORMULA SYSTEM PROCESSOR PREFIX [test]
# Started in the unpacked archive, it reads the formula for that machine, installs, prints what the formula says
# as JSON, and runs the formula's own test when asked to.
require "fileutils"
require "json"
require "open3"

FORMULA, SYSTEM, PROCESSOR, PREFIX, TEST = ARGV
SAID = {}

class Folder < String
  def install(*files)
    FileUtils.mkdir_p(self)
    files.flatten.each { |file| FileUtils.mv(file, self) }
    raise "nothing to install into #{self}" if files.flatten.empty?
  end
end

class Formula
  class << self
    %i[desc homepage version license url sha256].each { |name| define_method(name) { |text| SAID[name] = text } }
    %i[macos linux].each { |name| define_method("on_#{name}") { |&body| body.call if SYSTEM == name.to_s } }
    %i[arm intel].each { |name| define_method("on_#{name}") { |&body| body.call if PROCESSOR == name.to_s } }
    attr_reader :test_body
    def test(&body) = @test_body = body
  end

  {
    bin: "bin", man1: "share/man/man1", doc: "share/doc/plimsoll", bash_completion: "etc/bash_completion.d",
    zsh_completion: "share/zsh/site-functions", fish_completion: "share/fish/vendor_completions.d"
  }.each { |name, path| define_method(name) { Folder.new("#{PREFIX}/#{path}") } }

  def version = SAID[:version]

  def shell_output(*command)
    output, ended = Open3.capture2e(*command)
    raise "#{command.join(" ")}: exit #{ended.exitstatus}: #{output}" unless ended.success?
    output
  end
  alias system shell_output

  def assert_match(expected, text) = text.match?(Regexp.new(Regexp.escape(expected))) || raise("no #{expected} in: #{text}")
end

load FORMULA
formula = Plimsoll.new
formula.install
formula.instance_eval(&Plimsoll.test_body) if TEST
puts JSON.generate(SAID.merge(caveats: formula.caveats))
