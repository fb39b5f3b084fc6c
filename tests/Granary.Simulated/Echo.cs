using Granary.Simulated.Kernel;

namespace Granary.Simulated;

/// <summary>Processes that wait and call, for the tests of the kernel.</summary>
internal sealed class Echo : IScenario
{
    public string Name => "echo";

    public int Share => 0;

    public TimeSpan Limit => TimeSpan.FromMinutes(10);

    public async Task RunAsync(World world)
    {
        var draws = world.Draws.Fork("echo");
        var rate = draws.Rate(0.05);
        var said = 0;
        var processes = Enumerable.Range(0, 3).Select(i => world.Begin($"p{i}")).ToArray();
        foreach (var process in processes)
        {
            process.KillRate = rate;
            process.Run(async () =>
            {
                for (var i = 0; i < 20; i++)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(draws.Between(1, 50)), process.Clock).ConfigureAwait(false);
                    await process.CallAsync("says", TimeSpan.FromMilliseconds(1), () => said++, TimeSpan.FromMilliseconds(1))
                        .ConfigureAwait(false);
                }
            });
        }
        await world.Outside.WaitAsync(TimeSpan.FromMinutes(1), "waits").ConfigureAwait(false);
        Oracle.Demand(processes.Any(p => p.IsDead) || said == 60, "all said", $"{said} of 60");
    }
}
