using Granary.Cli.Commands;

namespace Granary.Cli.Tests;

public sealed class CommandTableTests
{
    [Fact]
    public void Each_command_is_found_by_the_name_that_it_has()
    {
        var host = new CompositionRoot();
        CommandTable.All.Select(c => c.Create(host).Name).ShouldBe(CommandTable.All.Select(c => c.Name));
        CommandTable.All.Count.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void A_call_makes_the_command_that_it_names_and_all_where_it_names_none()
    {
        var host = new CompositionRoot();
        CommandTable.Create(host, ["strategies", "--json"]).Subcommands.Select(c => c.Name).ShouldBe(["strategies"]);
        var names = CommandTable.All.Select(c => c.Name).ToList();
        foreach (string[] call in new string[][] { [], ["--help"], ["strategie"], ["--plugins", "folder", "strategies"] })
            CommandTable.Create(host, call).Subcommands.Select(c => c.Name).ShouldBe(names);
    }
}
