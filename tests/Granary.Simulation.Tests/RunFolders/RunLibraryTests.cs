using System.Globalization;
using Granary.Engine;
using Granary.Simulation.RunFolders;

namespace Granary.Simulation.Tests.RunFolders;

/// <summary>The list of a folder's runs, and its index on disk.</summary>
public sealed class RunLibraryTests : IDisposable
{
    private static readonly DateTime s_written = new(2026, 3, 4, 5, 6, 7, DateTimeKind.Utc);

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-runs-").FullName;

    private string Index => Path.Combine(_folder, ".runs.json");

    [Fact]
    public void A_library_that_starts_again_lists_the_runs_without_reading_their_manifests()
    {
        foreach (var day in (int[])[3, 1, 2]) Add($"run-{day}", "first", day);
        var first = new RunLibrary(_folder).List(new RunQuery(10)).Items;
        first.Select(r => r.Id).ShouldBe(["run-3", "run-2", "run-1"]);

        // Of the same time, but not readable: only the index can know these.
        foreach (var run in first) Write(run.Id, "{", s_written);
        new RunLibrary(_folder).List(new RunQuery(10)).Items.Select(r => (r.Id, r.Sharpe, r.Markets.Single()))
            .ShouldBe(first.Select(r => (r.Id, r.Sharpe, r.Markets.Single())));
    }

    [Fact]
    public void Runs_that_came_changed_or_went_while_no_server_ran_are_seen()
    {
        foreach (var day in (int[])[1, 2, 3]) Add($"run-{day}", "first", day);
        _ = new RunLibrary(_folder).List(new RunQuery(10));

        Add("run-1", "second", 1, s_written.AddSeconds(1));
        Directory.Delete(Path.Combine(_folder, "run-2"), recursive: true);
        Add("run-4", "first", 4);
        new RunLibrary(_folder).List(new RunQuery(10)).Items.Select(r => (r.Id, r.Batch))
            .ShouldBe([("run-4", "first"), ("run-3", "first"), ("run-1", "second")]);
        File.ReadAllText(Index).ShouldNotContain("run-2");
    }

    [Fact]
    public void Of_runs_of_one_second_the_one_written_first_is_the_first_of_its_digest()
    {
        // A session of a run's bars has its digest, and a name that comes before or after it.
        Add("run", "first", 1, s_written);
        Add("a-session", "first", 1, s_written.AddMilliseconds(20));
        Add("two-coins-live", "first", 1, s_written.AddMilliseconds(10));
        var library = new RunLibrary(_folder);
        library.List(new RunQuery(10)).Items.Select(r => r.Id).ShouldBe(["a-session", "two-coins-live", "run"]);
        library.FindByDigest(library.Find("run")!.Digest)!.Id.ShouldBe("run");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"version\":99,\"runs\":[]}")]
    [InlineData("{\"version\":1}")]
    public void An_index_that_cannot_be_used_is_made_again(string content)
    {
        Add("run-1", "first", 1);
        File.WriteAllText(Index, content);
        new RunLibrary(_folder).List(new RunQuery(10)).Items.Count.ShouldBe(1);
        File.ReadAllText(Index).ShouldContain("run-1");
    }

    [Fact]
    public void A_damaged_manifest_is_not_a_run_until_it_is_written_again()
    {
        Add("run-1", "first", 1);
        Write("run-1", "{", s_written);
        var library = new RunLibrary(_folder);
        library.List(new RunQuery(10)).Items.ShouldBeEmpty();
        Add("run-1", "first", 1, s_written.AddSeconds(1));
        library.List(new RunQuery(10)).Items.Count.ShouldBe(1);
    }

    [Fact]
    public void A_name_is_kept_in_the_folder_of_its_run_and_goes_with_it()
    {
        Add("run-1", "first", 1);
        new RunLibrary(_folder).Rename("run-1", "mine").Name.ShouldBe("mine");
        var library = new RunLibrary(_folder);
        library.List(new RunQuery(10)).Items.Single().Name.ShouldBe("mine");
        library.Delete("run-1");
        library.List(new RunQuery(10)).Items.ShouldBeEmpty();
        Directory.Exists(Path.Combine(_folder, "run-1")).ShouldBeFalse();
    }

    [Fact]
    public void A_run_that_ends_between_two_pages_of_the_list_moves_no_row()
    {
        foreach (var day in (int[])[1, 2, 3, 4]) Add($"run-{day}", "first", day);
        var library = new RunLibrary(_folder);
        var first = library.List(new RunQuery(2));
        Add("run-5", "first", 5);
        var second = library.List(new RunQuery(2, first.Next));
        first.Items.Concat(second.Items).Select(r => r.Id).ShouldBe(["run-4", "run-3", "run-2", "run-1"]);
        second.Next.ShouldBeNull();
        library.List(new RunQuery(9)).Items.Count.ShouldBe(5);
        Should.Throw<InputException>(() => library.List(new RunQuery(2, "run-9")));
    }

    [Fact]
    public void Results_are_kept_until_their_file_is_written_again()
    {
        Add("run-1", "first", 1);
        var library = new RunLibrary(_folder);
        Results("run-1", """{ "batch": "first", "strategies": [ { "id": "a", "stats": { "sharpe": 1 } } ], "notes": [] }""", s_written);
        var results = library.ResultsOf("run-1");
        results.Count.ShouldBe(1);
        results.Parts.Select(p => p.Name).ShouldBe(["batch", "notes"]);
        library.ResultsOf("run-1").ShouldBeSameAs(results);

        Results("run-1", """{ "strategies": [] }""", s_written.AddSeconds(1));
        library.ResultsOf("run-1").Count.ShouldBe(0);
    }

    [Fact]
    public void Strategies_are_ordered_by_their_own_keys_and_their_metrics_with_undefined_ones_last()
    {
        Add("run-1", "first", 1);
        Results("run-1", """
            { "strategies": [
              { "id": "b", "weight": 0.5, "stats": { "sharpe": 1.5, "trades": 9 } },
              { "id": "a", "weight": 0.5, "stats": { "sharpe": null, "trades": 40 } },
              { "id": "d", "weight": 0, "stats": null },
              { "id": "c", "weight": 0.25, "stats": { "sharpe": -2, "trades": 31 } } ] }
            """, s_written);
        var results = new RunLibrary(_folder).ResultsOf("run-1");
        string Ids(string? sort, string? filter = null) =>
            string.Concat(new StrategyQuery(9, sort, filter).Of(results).Items.Select(s => s["id"]!.GetValue<string>()));
        Ids(null).ShouldBe("badc");
        Ids("sharpe").ShouldBe("cbad");
        Ids("-sharpe").ShouldBe("bcad");
        Ids("-id").ShouldBe("dcba");
        Ids("-weight").ShouldBe("bacd");
        Ids("id", "trades >= 31").ShouldBe("ac");
        Ids("id", "trades!=9,weight<0.5").ShouldBe("c");
        Ids(null, "id~B").ShouldBe("b");
        Should.Throw<InputException>(() => Ids("sharp")).Message.ShouldContain("did you mean 'sharpe'?");
        Should.Throw<InputException>(() => Ids(null, "trades")).Message.ShouldContain("write a key, one of >= <= != = > < ~ and a value");
    }

    [Fact]
    public void A_ratio_without_a_loss_is_above_all_values_and_one_without_a_trade_stays_last()
    {
        Add("run-1", "first", 1);
        Results("run-1", """
            { "strategies": [
              { "id": "a", "stats": { "sortino": 1.5, "winRate": 0.5, "totalReturn": 0.1 } },
              { "id": "b", "stats": { "sortino": null, "winRate": null, "totalReturn": 0.2 } },
              { "id": "c", "stats": { "sortino": null, "winRate": null, "totalReturn": 0 } },
              { "id": "d", "stats": { "sortino": null, "winRate": 0.9, "totalReturn": 0.3 } },
              { "id": "e", "stats": { "sortino": -2, "winRate": 0, "totalReturn": -0.1 } } ] }
            """, s_written);
        var results = new RunLibrary(_folder).ResultsOf("run-1");
        string Ids(string sort) => string.Concat(new StrategyQuery(9, sort).Of(results).Items.Select(s => s["id"]!.GetValue<string>()));
        Ids("-sortino").ShouldBe("dbaec");
        Ids("sortino").ShouldBe("eabdc");
        Ids("-winRate").ShouldBe("daebc", "a share of no trades is not a ratio to losses");
    }

    [Fact]
    public void A_damaged_results_file_is_named()
    {
        Add("run-1", "first", 1);
        Results("run-1", """{ "strategies": [ { "id": """, s_written);
        Should.Throw<InputException>(() => new RunLibrary(_folder).ResultsOf("run-1")).Message.ShouldContain("results.json");
    }

    private void Results(string id, string content, DateTime written)
    {
        var path = Path.Combine(_folder, id, "results.json");
        File.WriteAllText(path, content);
        File.SetLastWriteTimeUtc(path, written);
    }

    private void Add(string id, string batch, int day, DateTime? written = null)
    {
        Directory.CreateDirectory(Path.Combine(_folder, id));
        File.WriteAllText(Path.Combine(_folder, id, "results.json"), "{}");
        Write(id, string.Create(CultureInfo.InvariantCulture,
            $$"""
            { "batch": "{{batch}}", "status": "done", "digest": "d{{day}}", "created": "2026-03-0{{day}}T00:00:00Z",
              "host": "here", "kind": "backtest", "data": [ { "symbol": "ACME" } ], "summary": { "sharpe": {{day}}, "tradable": false } }
            """),
            written ?? s_written);
    }

    private void Write(string id, string manifest, DateTime written)
    {
        var path = Path.Combine(_folder, id, "manifest.json");
        File.WriteAllText(path, manifest);
        File.SetLastWriteTimeUtc(path, written);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
