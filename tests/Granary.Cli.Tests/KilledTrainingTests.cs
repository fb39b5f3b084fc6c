using System.Text.Json;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>
/// <c>granary train</c>, killed at several moments: no version is half written, and the next training gives the same ones.
/// </summary>
public sealed class KilledTrainingTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static async Task<string> DoneAsync(params string[] arguments)
    {
        var call = await GranaryCall.RunAsync(arguments);
        call.ExitCode.ShouldBe(0, call.Error + call.Output);
        return call.Output;
    }

    // A model for each of eight strategies, and versions of two runs of it that differ.
    private string Batch(string registry, int trees) => _folder.Write($"{registry}-{trees}.json", $$"""
        { "name": "killed", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples/data/1h")}}",
            "symbols": ["ACME", "BOLT"], "timeframe": "1h" },
          "strategies": [{ "class": "SmaCross", "params": { "fast": [1, 2, 3, 4], "slow": 6 }, "sides": "both", "size": { "cash": 1000 } }],
          "learning": { "registry": "{{registry}}", "label": "trade", "trainer": "random-forest", "params": { "trees": {{trees}} },
            "promote": true } }
        """);

    private static async Task<List<(string Model, int Version, string Hash, bool Current)>> VersionsAsync(string registry) =>
    [
        .. JsonDocument.Parse(await DoneAsync("models", "list", "--registry", registry, "--json")).RootElement.EnumerateArray()
            .Select(v => (v.GetProperty("model").GetString()!, v.GetProperty("number").GetInt32(),
                v.GetProperty("modelHash").GetString()!, v.GetProperty("current").GetBoolean())),
    ];

    private static int Count(string folder, string pattern) =>
        Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder, pattern, SearchOption.AllDirectories).Count() : 0;

    [Fact]
    public async Task A_killed_training_leaves_no_half_version_and_the_next_one_gives_the_same_versions()
    {
        foreach (var trees in new[] { 40, 60 }) await DoneAsync("train", Batch("whole", trees), "--json");
        var whole = await VersionsAsync(_folder.At("whole"));
        whole.Count.ShouldBe(16);
        await DoneAsync("train", Batch("killed", 40), "--json");

        // In turns when windows are kept, when the first version is begun, and when some versions are there.
        var registry = _folder.At("killed");
        var killed = 0;
        Func<bool>[] moments =
        [
            () => Directory.EnumerateFiles(Path.Combine(registry, ".cache")).Count() > 8,
            () => Count(registry, ".new-*") + Count(registry, "v0002") > 0,
            () => Count(registry, "v0002") > 2,
            () => Count(registry, "v0002") > 5,
        ];
        foreach (var moment in moments.Take(TestEffort.Of(2, 4)))
        {
            using var training = GranaryProcess.Start(_folder.Path, "train", Batch("killed", 60), "--json");
            _ = training.StandardOutput.ReadToEndAsync();
            _ = training.StandardError.ReadToEndAsync();
            while (!training.HasExited && !moment()) await Task.Delay(1);
            training.Kill();
            await training.WaitForExitAsync();
            if (training.ExitCode != 0) killed++;

            // What is there is whole, can be loaded, and is one of the versions of a training that was not killed.
            var there = await VersionsAsync(registry);
            there.Select(v => (v.Model, v.Version, v.Hash)).ShouldBeSubsetOf(whole.Select(v => (v.Model, v.Version, v.Hash)));
            foreach (var model in there.GroupBy(v => v.Model, StringComparer.Ordinal))
            {
                model.Count(v => v.Current).ShouldBe(1);
                await DoneAsync("models", "show", model.Key, "--registry", registry);
            }
        }
        killed.ShouldBeGreaterThan(0, "every training ended before it was killed");

        await DoneAsync("train", Batch("killed", 60), "--json");
        (await VersionsAsync(registry)).ShouldBe(whole);
    }
}
