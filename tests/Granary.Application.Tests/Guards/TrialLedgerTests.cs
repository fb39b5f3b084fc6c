using System.Diagnostics;
using Granary.Application.Guards;

namespace Granary.Application.Tests.Guards;

public sealed class TrialLedgerTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "granary-ledger-" + Path.GetRandomFileName());

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private static Trial Of(int number) => new(TrialLedger.HashOf($"combination {number}"), number / 100.0);

    private static Dictionary<string, IReadOnlyList<Trial>> On(string dataSet, int from, int count) => new() { [dataSet] = [.. Enumerable.Range(from, count).Select(Of)] };

    [Fact]
    public void A_combination_counts_once_however_often_and_in_whatever_batch_it_runs()
    {
        var ledger = new TrialLedger(_folder);
        ledger.Record(On("aa", 0, 10)).Trials.ShouldBe(10);
        var again = new TrialLedger(_folder).Record(On("aa", 5, 10));
        again.Trials.ShouldBe(15);
        again.New.ShouldBe(5);
        ledger.Record(On("aa", 0, 15)).New.ShouldBe(0);
        ledger.Count("aa").ShouldBe(15);
    }

    [Fact]
    public void Data_sets_are_counted_apart()
    {
        var ledger = new TrialLedger(_folder);
        ledger.Record(On("aa", 0, 10));
        ledger.Record(On("bb", 0, 3)).Trials.ShouldBe(3);
    }

    [Fact]
    public void A_record_that_a_crash_cut_short_is_cut_off_and_tried_again()
    {
        var ledger = new TrialLedger(_folder);
        ledger.Record(On("aa", 0, 10));
        var file = Path.Combine(_folder, "aa.trials");
        using (var stream = File.OpenWrite(file)) stream.SetLength(stream.Length - 7);
        var census = ledger.Record(On("aa", 0, 10));
        census.Trials.ShouldBe(10);
        census.New.ShouldBe(1);
        new FileInfo(file).Length.ShouldBe(240);
    }

    [Fact]
    public async Task Batches_that_end_at_the_same_time_lose_no_trial()
    {
        var ledgers = Enumerable.Range(0, 8).Select(_ => new TrialLedger(_folder)).ToList();
        await Task.WhenAll(ledgers.Select((ledger, i) => Task.Run(() =>
        {
            for (var batch = 0; batch < 20; batch++) ledger.Record(On("aa", i * 1000 + batch * 10, 15));
        })));
        // 15 of each batch, 5 of which the next one has too.
        ledgers[0].Count("aa").ShouldBe(8 * (19 * 10 + 15));
    }

    [Fact]
    public void The_sharpe_ratios_of_all_trials_are_kept()
    {
        var ledger = new TrialLedger(_folder);
        ledger.Record(On("aa", 0, 50));
        var census = ledger.Record(On("aa", 50, 51));
        census.Sharpes.Count.ShouldBe(101);
        census.Sharpes.Mean.ShouldBe(0.5, 1e-12);
    }
}
