using System.CommandLine;
using System.CommandLine.Parsing;
using Granary.Cli.Commands;

namespace Granary.Cli.Tests;

public sealed class CommandHelpTests
{
    private const string Label = "Example: granary ";

    public static TheoryData<string> Leaves => [.. AllOf(CommandTable.Create(new CompositionRoot(), []), "").Select(c => c.Words)];

    // Commands that do something: those without commands below, and those with an action of their own.
    private static IEnumerable<(string Words, Command Command)> AllOf(Command command, string parents)
    {
        foreach (var below in command.Subcommands)
        {
            var words = $"{parents} {below.Name}".Trim();
            if (below.Action is not null || below.Subcommands.Count == 0) yield return (words, below);
            foreach (var found in AllOf(below, words)) yield return found;
        }
    }

    [Theory]
    [MemberData(nameof(Leaves))]
    public void The_help_of_a_command_has_an_example_that_the_command_accepts(string words)
    {
        var root = CommandTable.Create(new CompositionRoot(), []);
        var command = AllOf(root, "").Single(c => c.Words == words).Command;
        command.Description.ShouldNotBeNull();
        var at = command.Description.IndexOf(Label, StringComparison.Ordinal);
        at.ShouldBeGreaterThan(0, $"granary {words} has no example; add one to CommandExamples");
        var result = root.Parse(CommandLineParser.SplitCommandLine(command.Description[(at + Label.Length)..]).ToArray());
        result.Errors.Select(e => e.Message).ShouldBeEmpty();
        result.CommandResult.Command.ShouldBe(command);
    }
}
