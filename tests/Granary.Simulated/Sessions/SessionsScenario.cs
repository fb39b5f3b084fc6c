using System.Text;
using Granary.Simulated.Kernel;
using Granary.Trading.Live;

namespace Granary.Simulated.Sessions;

/// <summary>
/// A live session with its journal in a database, its venue behind messages, and an operator. Its processes are killed, stopped for a
/// while and handed over, until the feed has ended.
/// </summary>
/// <param name="onDisk">Whether the journals are files of a machine that can lose its power, and not in a database.</param>
internal sealed class SessionsScenario(bool onDisk) : IScenario
{
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(10);

    public string Name => onDisk ? "sessions-on-disk" : "sessions";

    public int Share => onDisk ? 3 : 6;

    public TimeSpan Limit => TimeSpan.FromHours(2);

    public async Task RunAsync(World world)
    {
        var run = new SessionRun(world, onDisk);
        var undisturbed = await run.UndisturbedAsync().ConfigureAwait(false);
        world.Say("", $"undisturbed: {undisturbed.Digest}, {undisturbed.Ledger.Fills} fills");
        var supervisor = new SessionSupervisor(run);
        var operations = new SessionOperations(run, supervisor);
        operations.Start();
        EndFaults(run);
        var result = await supervisor.RunAsync().ConfigureAwait(false);
        foreach (var entry in run.EntriesOf(SessionRun.Account))
            world.Say("", $"{entry.Sequence} {entry.Kind} " + Encoding.UTF8.GetString(entry.Body.Span)
                .Replace(SessionProgram.Version, "version", StringComparison.Ordinal));
        await SessionOracles.DemandAsync(run, undisturbed, result, operations).ConfigureAwait(false);
    }

    // After the faults, the session comes to rest.
    private static void EndFaults(SessionRun run)
    {
        var (world, length) = (run.World, run.Market.BarEvery * run.Market.Count);
        var draws = world.Draws.Fork("end of faults");
        var over = length * (0.5 + draws.Unit());
        if (draws.Chance(0.3))
            world.After(length * draws.Unit(), world.Outside, "restart", () =>
            {
                if (world.Faults.Happens("database restart", 1)) run.Database.Restart();
            });
        world.After(over, world.Outside, "faults are over", () => world.Faults.AreOver = true);
        world.After((over > length ? over : length) + Rest, world.Outside, "must rest", () => world.Break(
            new OracleException("rest", $"the session has not ended {Rest.TotalMinutes} minutes after bars and faults did")));
    }
}
