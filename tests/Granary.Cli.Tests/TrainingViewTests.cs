using Granary.Contracts.Jobs;
using Granary.Modelling.Learning;

namespace Granary.Cli.Tests;

public sealed class TrainingViewTests
{
    private static readonly StrategyLeader[] Best =
        [new("COIN: logistic(c=1), veto", 1.234, 0.05, 0.02, 120), new("COIN: naive-bayes, veto", -0.5, -0.01, 0.03, 1_250)];

    [Fact]
    public void In_a_pipe_each_fifth_has_a_line_and_each_closed_rung_the_best_models()
    {
        using var lines = new StringWriter { NewLine = "\n" };
        using (var view = new TrainingView(lines, isTerminal: false))
        {
            for (var done = 1; done <= 10; done++)
                view.Report(new TrainingProgress(done, 10, "COIN") { Leaders = done < 4 ? null : [.. Best.Take(done < 8 ? 1 : 2)] });
        }
        lines.ToString().ShouldBe("""
            1 window trained, the last COIN
            2 windows trained, the last COIN
            4 windows trained, the last COIN
            Best models so far         Sharpe  Return (%)  Max drawdown (%)  Trades
            COIN: logistic(c=1), veto    1.23        5.00              2.00     120
            6 windows trained, the last COIN
            8 windows trained, the last COIN
            Best models so far         Sharpe  Return (%)  Max drawdown (%)  Trades
            COIN: logistic(c=1), veto    1.23        5.00              2.00     120
            COIN: naive-bayes, veto     -0.50       -1.00              3.00   1,250
            10 windows trained, the last COIN

            """.ReplaceLineEndings("\n"));
    }
}
