using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Cli.Commands;
using Granary.Testing;

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

    [Fact]
    public void A_name_of_keys_and_options_has_one_spelling()
    {
        var spellings = new Dictionary<string, HashSet<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var document in (string[])["batch.schema.json", "notifications.schema.json", "costs.schema.json", "openapi.json"])
            Keys(JsonNode.Parse(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", document)))!);
        Options(CommandTable.Create(new CompositionRoot(), []));
        spellings.Count.ShouldBeGreaterThan(300);
        spellings.Values.Where(s => s.Count > 1).ShouldBeEmpty();

        void Keys(JsonNode? node)
        {
            if (node is JsonArray items) foreach (var item in items) Keys(item);
            if (node is not JsonObject members) return;
            foreach (var (name, value) in members)
            {
                if (name == "properties" && value is JsonObject keys) foreach (var (key, _) in keys) Add(key);
                Keys(value);
            }
        }

        void Options(Command command)
        {
            foreach (var option in command.Options) Add(JsonNamingPolicy.CamelCase.ConvertName(Pascal(option.Name)));
            foreach (var inner in command.Subcommands) Options(inner);
        }

        // --warm-up is warmUp in JSON.
        static string Pascal(string option) =>
            string.Concat(option.TrimStart('-').Split('-').Select(w => char.ToUpperInvariant(w[0]) + w[1..]));

        void Add(string name)
        {
            var folded = name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
            (spellings.TryGetValue(folded, out var known) ? known : spellings[folded] = []).Add(name);
        }
    }
}
