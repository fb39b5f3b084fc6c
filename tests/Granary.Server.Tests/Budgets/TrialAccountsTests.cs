using Granary.Engine.Analysis;
using Granary.Engine.Numerics;
using Granary.Server.Budgets;
using Granary.Server.Jobs;

namespace Granary.Server.Tests.Budgets;

/// <summary>Accounts of what callers with limits have tried.</summary>
public sealed class TrialAccountsTests : IDisposable
{
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("granary-accounts-").FullName, "accounts");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    private TrialAccounts Open() => new(_folder);

    private static PlannedTrials Combinations(int first, int count, int? configuration = null) => new(null!,
        [.. Enumerable.Range(first, count).Select(i => (UInt128)i * 7919)], configuration is { } c ? (UInt128)c << 64 : null);

    [Fact]
    public async Task Each_combination_is_charged_once()
    {
        (await Open().ChargeAsync("a", 10, Combinations(0, 6))).ShouldBe((6, 6));
        (await Open().ChargeAsync("a", 10, Combinations(0, 6))).ShouldBe((6, 0));
        (await Open().ChargeAsync("a", 10, Combinations(4, 3))).ShouldBe((7, 1));
        (Open().Used("a"), Open().Used("b")).ShouldBe((7, 0));
    }

    [Fact]
    public async Task Another_configuration_of_known_combinations_is_one_trial_and_the_same_again_is_none()
    {
        (await Open().ChargeAsync("a", 7, Combinations(0, 6, configuration: 1))).ShouldBe((6, 6), "of new combinations it is part");
        (await Open().ChargeAsync("a", 7, Combinations(0, 6, configuration: 1))).ShouldBe((6, 0));
        Open().NewOf("a", Combinations(0, 6, configuration: 2)).ShouldBe(1);
        (await Open().ChargeAsync("a", 7, Combinations(0, 6, configuration: 2))).ShouldBe((7, 1));
        (await Open().ChargeAsync("a", 7, Combinations(2, 3, configuration: 2))).ShouldBe((7, 0));
        var refused = await Should.ThrowAsync<OutsideLimitsException>(() =>
            Open().ChargeAsync("a", 7, Combinations(0, 6, configuration: 3)));
        refused.Message.ShouldStartWith("the batch is a new configuration of known combinations, and of the budget of 7 trials 7 are used and 0 remain");
        Open().Used("a").ShouldBe(7);
    }

    [Fact]
    public async Task What_exceeds_the_rest_is_refused_as_a_whole_with_the_numbers()
    {
        await Open().ChargeAsync("a", 10, Combinations(0, 7));
        var refused = await Should.ThrowAsync<OutsideLimitsException>(() => Open().ChargeAsync("a", 10, Combinations(5, 6)));
        refused.Message.ShouldContain("4 new combinations");
        refused.Message.ShouldContain("10 trials 7 are used and 3 remain");
        refused.Message.ShouldContain("granary keys limit");
        Open().Used("a").ShouldBe(7, "a refused batch is charged in no part");
        (await Open().ChargeAsync("a", 10, Combinations(4, 6))).ShouldBe((10, 3));
        (await Open().ChargeAsync("a", 10, Combinations(0, 10))).ShouldBe((10, 0), "a spent budget still repeats what was tried");
        (await Open().ChargeAsync("a", 5, Combinations(0, 10))).ShouldBe((10, 0), "also if it was lowered");
        await Should.ThrowAsync<OutsideLimitsException>(() => Open().ChargeAsync("a", 5, Combinations(10, 1)));
        (await Open().ChargeAsync("a", 11, Combinations(10, 1))).ShouldBe((11, 1), "a raised budget holds at once");
    }

    [Fact]
    public async Task Callers_that_submit_at_the_same_time_cannot_overspend()
    {
        var accepted = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            try
            {
                Interlocked.Add(ref accepted, (await Open().ChargeAsync("a", 50, Combinations(i * 7, 7))).New);
            }
            catch (OutsideLimitsException)
            {
            }
        })));
        accepted.ShouldBe(49, "7 of 16 batches of 7 fit into 50");
        Open().Used("a").ShouldBe(49);
    }

    [Fact]
    public async Task A_process_that_ends_while_it_charges_leaves_no_combination_uncharged_that_was_accepted()
    {
        var state = 5UL;
        await Open().ChargeAsync("a", 100, Combinations(0, 10));
        var path = Directory.GetFiles(_folder, "*.trials").Single();
        var accepted = File.ReadAllBytes(path);
        await Open().ChargeAsync("a", 100, Combinations(10, 10));
        var whole = File.ReadAllBytes(path);
        for (var i = 0; i < 40; i++)
        {
            // What a process that ended in the second write can leave.
            var length = accepted.Length + (int)(SplitMix64.Next(ref state) % (ulong)(whole.Length - accepted.Length + 1));
            File.WriteAllBytes(path, whole[..length]);
            Open().Used("a").ShouldBeInRange(10, 20);
            (await Open().ChargeAsync("a", 20, Combinations(10, 10))).Used.ShouldBe(20, "the same batch again is charged once");
            await Should.ThrowAsync<OutsideLimitsException>(() => Open().ChargeAsync("a", 20, Combinations(20, 1)));
        }
    }

    [Fact]
    public async Task A_job_is_kept_once_and_a_line_that_was_cut_short_is_written_again()
    {
        var holdout = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await Open().AddJobAsync("a", "one", holdout);
        await Open().AddJobAsync("a", "one", holdout.AddDays(1));
        await Open().AddJobAsync("a", "two", null);
        Open().Jobs("a").ShouldBe(new Dictionary<string, long> { ["one"] = holdout.UtcTicks, ["two"] = long.MaxValue });
        var path = Directory.GetFiles(_folder, "*.jobs").Single();
        File.AppendAllText(path, "three 6384");
        Open().Jobs("a").Keys.ShouldBe(["one", "two"]);
        await Open().AddJobAsync("a", "three", holdout);
        Open().Jobs("a")["three"].ShouldBe(holdout.UtcTicks);
    }

    [Fact]
    public void The_luck_bar_of_a_standing_is_that_of_as_many_independent_trials() =>
        BudgetStanding.Of(null, 10, 4).LuckBar.ShouldBe(new LuckBar(10).PerYear(4));

    [Fact]
    public void A_name_of_a_key_leads_to_no_file_outside_of_the_folder()
    {
        foreach (var name in (string[])["../../etc/passwd", "a/b", "\0", "con", new string('x', 100)])
            Path.GetDirectoryName(Open().TrialsOf(name)).ShouldBe(_folder);
    }
}
