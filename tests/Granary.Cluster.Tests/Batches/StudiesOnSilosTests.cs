using System.Text;
using Granary.Backtesting.FactorStudies;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;
using Granary.Testing;

namespace Granary.Cluster.Tests.Batches;

/// <summary>A factor study on silos is that of one process, to the last byte.</summary>
[Collection<PlainSilos>]
public sealed class StudiesOnSilosTests(PlainSilos.Cluster shared) : IDisposable
{
    private readonly TestBatches _batches = new();

    public void Dispose() => _batches.Dispose();

    private Job Study() => KnownJobs.Of(TestCatalogues.All, "runs").Read(new JobText("study", """
        { "kind": "study", "data": { "source": "csv:data/1d", "symbols": "*", "timeframe": "1d",
            "asof": [ { "file": "scores.csv", "columns": ["score"], "delay": "2d" } ] },
          "universe": { "rank": "dollar-volume(10)", "top": 4, "every": "1w" },
          "factors": ["roc(5)", "column(score)"], "horizons": [1, 5], "quantiles": 2 }
        """u8.ToArray(), "job.json", _batches.Folder));

    [Fact]
    public async Task A_study_of_columns_and_members_on_two_silos_has_the_files_of_one_process()
    {
        var symbols = Directory.GetFiles(Path.Combine(_batches.Folder, "data", "1d"), "*.csv")
            .Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal).ToList();
        symbols.Count.ShouldBeGreaterThanOrEqualTo(4);
        var rows = new StringBuilder("time,symbol,score\n");
        for (var day = 0; day < 170; day++)
            foreach (var (s, symbol) in symbols.Index())
                rows.Append(FormattableString.Invariant(
                    $"{new DateTime(2023, 1, 1).AddDays(day):yyyy-MM-dd},{symbol},{(day * 7 + s * 5) % 13}\n"));
        await File.WriteAllTextAsync(Path.Combine(_batches.Folder, "scores.csv"), rows.ToString());
        var folder = Directory.CreateDirectory(Path.Combine(_batches.Folder, "one")).FullName;
        await Study().RunAsync(new JobContext
        {
            Host = new EmbeddedHost(2),
            Clock = TimeProvider.System,
            Threads = 2,
            Folder = folder,
            Runs = folder,
            Ledger = new TrialLedger(Path.Combine(folder, ".trials")),
        }, TestContext.Current.CancellationToken);

        var cluster = shared.Silos;
        var id = (await cluster.Batches.SubmitAsync(new JobSubmission(Study(), "test"))).Job.Id;
        var status = await cluster.EndAsync(id);
        status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{cluster.Log.Text}");
        var (one, other) = (FactorStudyJson.Read(folder), FactorStudyJson.Read(Path.Combine(cluster.Runs, id)));
        status.Digest.ShouldBe(one.Digest);
        one.Factors.ShouldAllBe(f => f.Error == null);
        one.Factors[1].MeanSymbols.ShouldNotBeNull().ShouldBeLessThanOrEqualTo(4);
        FactorStudyJson.Write(other with { Trials = one.Trials }).ShouldBe(FactorStudyJson.Write(one));
        foreach (var table in (string[])["factors.csv", "quantiles.csv", "decay.csv", "series.csv"])
            (await File.ReadAllTextAsync(Path.Combine(cluster.Runs, id, table)))
                .ShouldBe(await File.ReadAllTextAsync(Path.Combine(folder, table)), table);
    }
}
