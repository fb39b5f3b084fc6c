using System.Globalization;
using Granary.Application.RunFolders;

namespace Granary.Application.Tests.RunFolders;

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
        var first = new RunLibrary(_folder).List(10, null).Items;
        first.Select(r => r.Id).ShouldBe(["run-3", "run-2", "run-1"]);

        // Of the same time, but not readable: only the index can know these.
        foreach (var run in first) Write(run.Id, "{", s_written);
        new RunLibrary(_folder).List(10, null).Items.ShouldBe(first);
    }

    [Fact]
    public void Runs_that_came_changed_or_went_while_no_server_ran_are_seen()
    {
        foreach (var day in (int[])[1, 2, 3]) Add($"run-{day}", "first", day);
        _ = new RunLibrary(_folder).List(10, null);

        Add("run-1", "second", 1, s_written.AddSeconds(1));
        Directory.Delete(Path.Combine(_folder, "run-2"), recursive: true);
        Add("run-4", "first", 4);
        new RunLibrary(_folder).List(10, null).Items.Select(r => (r.Id, r.Batch))
            .ShouldBe([("run-4", "first"), ("run-3", "first"), ("run-1", "second")]);
        File.ReadAllText(Index).ShouldNotContain("run-2");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"version\":99,\"runs\":[]}")]
    [InlineData("{\"version\":1}")]
    public void An_index_that_cannot_be_used_is_made_again(string content)
    {
        Add("run-1", "first", 1);
        File.WriteAllText(Index, content);
        new RunLibrary(_folder).List(10, null).Items.Count.ShouldBe(1);
        File.ReadAllText(Index).ShouldContain("run-1");
    }

    [Fact]
    public void A_damaged_manifest_is_not_a_run_until_it_is_written_again()
    {
        Add("run-1", "first", 1);
        Write("run-1", "{", s_written);
        var library = new RunLibrary(_folder);
        library.List(10, null).Items.ShouldBeEmpty();
        Add("run-1", "first", 1, s_written.AddSeconds(1));
        library.List(10, null).Items.Count.ShouldBe(1);
    }

    private void Add(string id, string batch, int day, DateTime? written = null)
    {
        Directory.CreateDirectory(Path.Combine(_folder, id));
        File.WriteAllText(Path.Combine(_folder, id, "results.json"), "{}");
        Write(id, string.Create(CultureInfo.InvariantCulture,
            $$"""
            { "batch": "{{batch}}", "status": "done", "digest": "d{{day}}", "created": "2026-03-0{{day}}T00:00:00Z",
              "host": "here" }
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
