using Granary.Engine.Factors;
using Granary.Learning.Gating;
using Granary.Learning.ModelFiles;
using Granary.Learning.Watching;
using Granary.Testing;

namespace Granary.Learning.Tests.Watching;

/// <summary>What the watch of a model does where the market's rule flips.</summary>
public sealed class FlippedMarketTests
{
    private const int Flip = 4000, Train = 2000, Test = 1000, Bars = 9000;

    // A watch that loses more than the free model on half of all markets would pass six with a probability of 1.6 %, and twenty with 10⁻⁶.
    private static readonly int s_seeds = TestEffort.Of(6, 20);

    // docs/learning.md says so of ADWIN: the median is 139, the longest of twenty seeds is bounded here.
    private const int MostTradesToNotice = 320;

    [Fact]
    public void A_flip_is_noticed_the_model_replaced_and_less_lost_than_without_a_watch()
    {
        var noticed = new List<int>();
        for (var seed = 1; seed <= s_seeds; seed++)
        {
            var bars = RuleMarket.Bars(Bars, seed, Flip);
            var (free, _) = RuleMarket.Run(bars, RuleMarket.Model(bars, Train, Test, null));
            var (watched, _) = RuleMarket.Run(bars, RuleMarket.Model(bars, Train, Test, new WatchRule()));
            // A cut changes sizes and no prediction.
            watched.Of(bars, 0, Flip).ShouldAllBe(t => t.Signal.SizeFactor == 0 || t.Signal.SizeFactor == 1,
                $"seed {seed}: no false alarm");
            var after = watched.Of(bars, Flip, Bars).ToList();
            noticed.Add(after.TakeWhile(t => t.Signal.SizeFactor is 0 or 1).Count());

            // The version that learned the new rule is in force, with the whole weight.
            var last = after[^1].Signal;
            last.ModelVersion.ShouldBe(watched.Signals.Values.Max(s => s.ModelVersion), $"seed {seed}");
            after.TakeLast(200).ShouldAllBe(t => t.Signal.SizeFactor == 0 || t.Signal.SizeFactor == 1, $"seed {seed}: whole again");

            // Until then both lose, the watched one less.
            var (lostFree, lostWatched) = (free.Taken(bars, Flip, Flip + Test), watched.Taken(bars, Flip, Flip + Test));
            lostFree.ShouldBeLessThan(0, $"seed {seed}");
            lostWatched.ShouldBeGreaterThan(lostFree, $"seed {seed}");
        }
        noticed.Max().ShouldBeLessThanOrEqualTo(MostTradesToNotice);
        noticed.Order().ElementAt(s_seeds / 2).ShouldBeInRange(80, 200);
    }

    [Fact]
    public void The_old_version_returns_where_the_old_rule_does()
    {
        var returned = 0;
        for (var seed = 1; seed <= s_seeds; seed++)
        {
            // Version 1 learns the first rule, version 2 the other one; when the first rule is back, version 2 is in force.
            var bars = RuleMarket.Bars(9000, seed, 2000, 6000);
            var model = RuleMarket.Model(bars, 2000, 3000, new WatchRule());
            model.Windows.Count.ShouldBe(3);
            var (log, _) = RuleMarket.Run(bars, model);
            var late = log.Of(bars, 6000, 8000).ToList();
            late[0].Signal.ModelVersion.ShouldBe(2);
            if (late.FindIndex(t => t.Signal.ModelVersion == 1) is not (>= 0 and var from)) continue;
            returned++;
            // It is right again, so that its weight is whole after the review.
            var since = late.Skip(from).ToList();
            since.ShouldAllBe(t => t.Signal.ModelVersion == 1, $"seed {seed}: until the next version by schedule");
            since.Count(t => t.Signal.SizeFactor == 1).ShouldBeGreaterThan(0, $"seed {seed}");
            // Without a roll-back, version 2 stays.
            var (stays, _) = RuleMarket.Run(bars, RuleMarket.Model(bars, 2000, 3000, new WatchRule(RollsBack: false)));
            stays.Of(bars, 6000, 8000).ShouldAllBe(t => t.Signal.ModelVersion == 2);
            log.Taken(bars, 6000, 8000).ShouldBeGreaterThan(stays.Taken(bars, 6000, 8000), $"seed {seed}");
        }
        returned.ShouldBeGreaterThanOrEqualTo(s_seeds * 3 / 4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(97)]
    public void Decisions_do_not_depend_on_blocks(int length)
    {
        var bars = RuleMarket.Bars(9000, 3, 2000, 6000);
        var model = RuleMarket.Model(bars, 2000, 3000, new WatchRule("ddm", new Dictionary<string, string> { ["warmStart"] = "40" }, 0.25));
        var (log, result) = RuleMarket.Run(bars, model);
        var (parts, again) = RuleMarket.Run(bars, model, length);
        parts.Signals.ShouldBe(log.Signals);
        again.Digest.ShouldBe(result.Digest);
        log.Signals.Values.ShouldContain(s => s.SizeFactor == 0.25);
    }
}
