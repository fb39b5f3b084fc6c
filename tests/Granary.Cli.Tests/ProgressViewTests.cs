using Granary.Contracts.Jobs;
using Granary.Simulation.Passes;

namespace Granary.Cli.Tests;

public sealed class ProgressViewTests
{
    private static BatchProgress At(int finished, long evaluations) =>
        new(finished, 20_000, evaluations, 1_000, 5_000, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(12), "strategies");

    [Fact]
    public void Progress_counts_finished_strategies_and_after_the_last_bar_says_that_figures_are_under_way()
    {
        ProgressView.Text(At(0, 380)).ShouldStartWith("20,000 strategies, ");
        ProgressView.Text(At(50, 380)).ShouldStartWith("50 of 20,000 strategies finished, ");
        ProgressView.Text(At(50, 380)).ShouldEndWith(" bars/s, 12 s left");
        ProgressView.Text(At(50, 380) with { Load = new ProcessLoad(183.4, 412L << 20, 3) })
            .ShouldEndWith(" left; CPU 183 %, memory 412 MiB, 3 waiting");
        ProgressView.Text(At(50, 1_000)).ShouldBe("all bars are processed; computing the figures of 19,950 strategies");
    }
}
