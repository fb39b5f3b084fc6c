using Granary.Simulation.Validation;

namespace Granary.Simulation.Tests.Validation;

public sealed class TrialLedgerTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "granary-ledger-" + Path.GetRandomFileName());

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private static Trial Of(int number) => new(TrialLedger.HashOf($"combination {number}"), 1, 1, number / 100.0, 0.25);

    private static Dictionary<string, IReadOnlyList<Trial>> On(string dataSet, int from, int count) =>
        new() { [dataSet] = [.. Enumerable.Range(from, count).Select(Of)] };

    [Fact]
    public async Task A_combination_counts_once_however_often_and_in_whatever_batch_it_runs()
    {
        var ledger = new TrialLedger(_folder);
        (await ledger.RecordAsync(On("aa", 0, 10))).Trials.ShouldBe(10);
        var again = await new TrialLedger(_folder).RecordAsync(On("aa", 5, 10));
        again.Trials.ShouldBe(15);
        again.New.ShouldBe(5);
        (await ledger.RecordAsync(On("aa", 0, 15))).New.ShouldBe(0);
        ledger.Count("aa").ShouldBe(15);
    }

    [Fact]
    public async Task Data_sets_are_counted_apart()
    {
        var ledger = new TrialLedger(_folder);
        await ledger.RecordAsync(On("aa", 0, 10));
        (await ledger.RecordAsync(On("bb", 0, 3))).Trials.ShouldBe(3);
    }

    [Fact]
    public async Task A_record_that_a_crash_cut_short_is_cut_off_and_tried_again()
    {
        var ledger = new TrialLedger(_folder);
        await ledger.RecordAsync(On("aa", 0, 10));
        var file = Path.Combine(_folder, "aa.trials");
        using (var stream = File.OpenWrite(file)) stream.SetLength(stream.Length - 7);
        var census = await ledger.RecordAsync(On("aa", 0, 10));
        census.Trials.ShouldBe(10);
        census.New.ShouldBe(1);
        new FileInfo(file).Length.ShouldBe(480);
    }

    // A record that is divided by a lost sector begins or ends with zeros.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Records_that_a_power_cut_left_incomplete_are_not_counted_and_tried_again(int lost)
    {
        await new TrialLedger(_folder).RecordAsync(On("aa", 0, 20));
        var file = Path.Combine(_folder, "aa.trials");
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes.AsSpan(lost * 512, Math.Min(512, bytes.Length - lost * 512)).Clear();
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        var whole = Enumerable.Range(0, 20).Count(r => (r + 1) * 48 <= lost * 512 || r * 48 >= (lost + 1) * 512);
        new TrialLedger(_folder).Count("aa").ShouldBe(whole);
        var census = await new TrialLedger(_folder).RecordAsync(On("aa", 0, 20));
        (census.Trials, census.New).ShouldBe((20, 20 - whole));
        new TrialLedger(_folder).Count("aa").ShouldBe(20);
    }

    [Fact]
    public async Task Batches_that_end_at_the_same_time_lose_no_trial()
    {
        var ledgers = Enumerable.Range(0, 8).Select(_ => new TrialLedger(_folder)).ToList();
        await Task.WhenAll(ledgers.Select((ledger, i) => Task.Run(async () =>
        {
            for (var batch = 0; batch < 20; batch++) await ledger.RecordAsync(On("aa", i * 1000 + batch * 10, 15));
        })));
        // 15 of each batch, 5 of which the next one has too.
        ledgers[0].Count("aa").ShouldBe(8 * (19 * 10 + 15));
    }

    [Fact]
    public async Task The_sharpe_ratios_of_all_trials_are_kept()
    {
        var ledger = new TrialLedger(_folder);
        await ledger.RecordAsync(On("aa", 0, 50));
        var census = await ledger.RecordAsync(On("aa", 50, 51));
        census.Sharpes.Count.ShouldBe(101);
        census.Sharpes.Mean.ShouldBe(0.5, 1e-12);
    }

    [Fact]
    public async Task Sharpe_ratios_of_other_costs_are_not_compared_and_the_combination_counts_once()
    {
        var ledger = new TrialLedger(_folder);
        Trial At(ulong costs, int number, double sharpe) => new(TrialLedger.HashOf($"combination {number}"), costs, 1, sharpe, 0.25);
        Dictionary<string, IReadOnlyList<Trial>> Run(ulong costs, double sharpe) =>
            new() { ["aa"] = [.. Enumerable.Range(0, 20).Select(n => At(costs, n, sharpe + n / 100.0))] };
        await ledger.RecordAsync(Run(costs: 5, sharpe: -3));
        var cheap = await ledger.RecordAsync(Run(costs: 1, sharpe: 0.1));
        (cheap.Trials, cheap.New).ShouldBe((20L, 0L));
        cheap.Sharpes.Count.ShouldBe(20);
        cheap.Sharpes.Mean.ShouldBe(0.195, 1e-12);
        (await ledger.RecordAsync(Run(costs: 5, sharpe: -3))).Sharpes.Mean.ShouldBe(-2.905, 1e-12);
        ledger.Count("aa").ShouldBe(20);
    }

    [Fact]
    public async Task Shares_of_similar_combinations_add_up_to_the_effective_number()
    {
        var ledger = new TrialLedger(_folder);
        (await ledger.RecordAsync(On("aa", 0, 20))).Effective.ShouldBe(5);
        (await ledger.RecordAsync(On("aa", 10, 20))).Effective.ShouldBe(7.5);
    }

    [Fact]
    public async Task A_file_that_another_process_keeps_is_waited_for_without_a_thread_and_not_for_ever()
    {
        Directory.CreateDirectory(_folder);
        var path = Path.Combine(_folder, "aa.trials");
        using (new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            // No patience at all: the first look is the last one.
            var fault = await Should.ThrowAsync<IOException>(() => new TrialLedger(_folder, TimeSpan.Zero).RecordAsync(On("aa", 0, 1)));
            fault.Message.ShouldContain(path);
            fault.Message.ShouldContain(TrialLedger.Variable);
            var census = await TrialLedger.CountAsync(new TrialLedger(_folder, TimeSpan.Zero), On("aa", 0, 3));
            census.Trials.ShouldBe(3);
            census.Fault.ShouldNotBeNull().ShouldContain(path);

            // A waiter stops waiting when it is cancelled.
            using var stop = new CancellationTokenSource();
            var waiting = new TrialLedger(_folder, TimeSpan.FromHours(1)).RecordAsync(On("aa", 0, 1), cancellationToken: stop.Token);
            waiting.IsCompleted.ShouldBeFalse();
            await stop.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        }
        (await new TrialLedger(_folder).RecordAsync(On("aa", 0, 1))).Trials.ShouldBe(1);
    }
}
