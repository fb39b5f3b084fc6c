using System.Diagnostics;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Validation;

public sealed class PortfolioClimbTests
{
    [Fact]
    public async Task A_climb_over_the_rules_of_a_portfolio_on_noise_does_not_pass()
    {
        var n = int.Parse(Environment.GetEnvironmentVariable("CLIMBS") ?? "1");
        var runs = int.Parse(Environment.GetEnvironmentVariable("RUNS") ?? "60");
        var counts = Environment.GetEnvironmentVariable("ALONE") is null;
        var drift = double.Parse(Environment.GetEnvironmentVariable("DRIFT") ?? "0");
        for (var seed = 1; seed <= n; seed++)
        {
            var watch = Stopwatch.StartNew();
            using var climb = new PortfolioClimb(seed, drift, counts);
            var result = await climb.ClimbAsync(runs, TestContext.Current.CancellationToken);
            Console.Error.WriteLine($"{seed} {result} {watch.Elapsed.TotalSeconds:0.0} s");
        }
    }
}
