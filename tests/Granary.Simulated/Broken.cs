using Granary.Simulated.Kernel;

namespace Granary.Simulated;

/// <summary>A keeper of facts that acknowledges each before it is stored: the tests of the simulator see that it is found.</summary>
internal sealed class Broken : IScenario
{
    public string Name => "broken";

    public int Share => 0;

    public TimeSpan Limit => TimeSpan.FromMinutes(10);

    public async Task RunAsync(World world)
    {
        var (stored, acknowledged) = (new List<int>(), new List<int>());
        var process = world.Begin("keeper");
        process.KillRate = world.Draws.Fork("kills").Rate(0.2);
        process.Run(async () =>
        {
            for (var fact = 0; fact < 20; fact++)
            {
                await process.WaitAsync(TimeSpan.FromMilliseconds(5), "waits").ConfigureAwait(false);
                acknowledged.Add(fact);
                await Task.Delay(TimeSpan.FromMilliseconds(5), process.Clock).ConfigureAwait(false);
                stored.Add(fact);
            }
        });
        await world.Outside.WaitAsync(TimeSpan.FromMinutes(1), "waits").ConfigureAwait(false);
        Oracle.Demand(acknowledged.All(stored.Contains), "acknowledged facts survive", $"{acknowledged.Count} of {stored.Count} stored");
    }
}
