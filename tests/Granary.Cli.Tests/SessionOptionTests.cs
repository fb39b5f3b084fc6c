using System.CommandLine;
using System.Text.RegularExpressions;
using Granary.Cli.Commands;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Simulation.Keys;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Cli.Tests;

/// <summary>A new option of a live session is one property of <see cref="SessionOptions"/>, and the place that uses it.</summary>
public sealed class SessionOptionTests
{
    internal sealed record WithOneMore : SessionOptions
    {
        [Key("how often to look")]
        public int LookEvery { get; init; } = 5;
    }

    [Fact]
    public void A_property_with_a_description_is_an_option_of_the_command_line()
    {
        var command = new Command("live");
        var options = new OptionBinding<WithOneMore>(command);
        command.Options.Single(o => o.Name == "--look-every").Description.ShouldBe("how often to look");
        options.Read(command.Parse(["--feed", "csv:d", "--look-every", "7", "--to", "2024-01-31", "--without-evidence"])).ShouldBe(
            new WithOneMore { Feed = Address.Parse("csv:d"), LookEvery = 7, To = new DateTime(2024, 1, 31).Ticks, IgnoresChecks = true });
        options.Read(command.Parse(["--feed", "csv:d"])).ShouldBe(new WithOneMore { Feed = Address.Parse("csv:d") });
        command.Parse([]).Errors.ShouldHaveSingleItem().Message.ShouldContain("--feed");
        Should.Throw<InputException>(() => options.Read(command.Parse(["--feed", "csv:d", "--to", "soon"]))).Message
            .ShouldStartWith("--to soon is not a date");
    }

    // granary broker check makes a broker as a session would.
    [Theory]
    [InlineData("BrokerOptions", "Granary.Cli/Commands/BrokerCommands.cs", "Granary.Trading/Live/SessionOptions.cs")]
    [InlineData("WarmUp", "Granary.Trading/Live/LiveSession.cs", "Granary.Trading/Live/SessionOptions.cs",
        "Granary.Trading/Live/SessionStart.cs", "Granary.Trading/Live/WarmUpWatch.cs")]
    public void The_hosts_do_not_name_the_options_of_a_session(string option, params string[] files)
    {
        RecordKeys<SessionOptions>.All.Select(o => o.Name).ShouldContain(char.ToLowerInvariant(option[0]) + option[1..]);
        var source = Path.Combine(SharedData.RepositoryRoot, "src");
        string[] rooms = ["Granary.Cli", "Granary.Api", "Granary.Cluster.Contracts", "Granary.Cluster.Client", "Granary.Cluster.Grains",
            "Granary.Trading/Live", "Granary.Trading/Sessions"];
        rooms.SelectMany(r => Directory.EnumerateFiles(Path.Combine(source, r), "*.cs", SearchOption.AllDirectories))
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal)
                && Regex.IsMatch(File.ReadAllText(f), $@"\b{option}\b"))
            .Select(f => Path.GetRelativePath(source, f).Replace('\\', '/')).Order(StringComparer.Ordinal).ShouldBe(files);
    }

    [Fact]
    public async Task Each_command_to_a_session_has_its_own_help_with_an_example()
    {
        var all = (await GranaryCall.RunAsync("session", "--help")).Output.Split("Commands:")[1];
        foreach (var word in new[] { "status", "pause", "resume", "flatten", "reload", "stop", "enable", "disable", "journal" })
            all.ShouldMatch($@"(?m)^  {word} .*Example: granary session accounts/paper {word}");
        var disable = (await GranaryCall.RunAsync("session", "x", "disable", "--help")).Output;
        disable.ShouldContain("--symbol <symbol>");
        disable.ShouldNotContain("--kind");
    }

    [Theory]
    [InlineData("session x paus", "'paus' is not understood by 'granary session'; did you mean 'pause'?")]
    [InlineData("session pause", "STATE is missing; write granary session STATE pause")]
    [InlineData("session x enable", "enable needs a strategy or a symbol; add --strategy or --symbol")]
    [InlineData("session x journal --host http://h", "journal: a cluster's journal is read over its API")]
    [InlineData("session x resume", "x is not the state of a session; name the folder given to 'granary live' as --state")]
    public async Task A_wrong_command_to_a_session_is_refused_with_the_remedy(string line, string sentence)
    {
        var refused = await GranaryCall.RunAsync(line.Split(' '));
        (refused.ExitCode, refused.Output).ShouldBe((2, ""));
        refused.Error.ShouldStartWith("granary: " + sentence);
    }
}
