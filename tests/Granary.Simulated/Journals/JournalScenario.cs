using Granary.Simulated.Disks;
using Granary.Simulated.Kernel;

namespace Granary.Simulated.Journals;

/// <summary>
/// Sessions that write one journal file after another: killed in any call of the disk, cut off from the power, over a full disk and
/// flushes that fail, with a second opener and a reader beside them.
/// </summary>
internal sealed class JournalScenario : IScenario
{
    public string Name => "journal";

    public int Share => 16;

    public TimeSpan Limit => TimeSpan.FromHours(2);

    public async Task RunAsync(World world)
    {
        var draws = world.Draws.Fork("journal");
        var disk = new SimulatedDisk(world)
        {
            KillRate = draws.Rate(0.05),
            FullRate = draws.Rate(0.02),
            FlushFaultRate = draws.Rate(0.02),
            SlowRate = draws.Rate(0.05),
        };
        var model = new JournalModel(isFlushed: draws.Chance(0.85));
        var session = new JournalSession(world, disk, model, draws);
        var sessions = draws.Between(2, 6);
        for (var i = 0; i < sessions; i++)
        {
            await session.RunAsync($"s{i}", draws.Between(1, 25)).ConfigureAwait(false);
            await world.Outside.WaitAsync(draws.Between(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)), "pause").ConfigureAwait(false);
        }
        world.Faults.AreOver = true;
        await session.RunAsync("last", 3).ConfigureAwait(false);
        Oracle.Demand(session.HasOpened, "rest", $"the journal did not open after the faults: {session.Fault}");
    }
}
