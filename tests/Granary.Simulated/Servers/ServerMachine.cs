using System.Text.Json;
using Granary.Engine;
using Granary.Simulated.Disks;
using Granary.Simulated.Kernel;

namespace Granary.Simulated.Servers;

/// <summary>The machine of a server: starts it again when it has died, and loses its power.</summary>
internal sealed class ServerMachine(World world, SimulatedDisk disk, ServerModel model, Receiver receiver, Draws draws)
{
    private int _starts;

    /// <summary>The newest process.</summary>
    public SimulatedServer? Current { get; private set; }

    /// <summary>The probability of each event of a process that it is killed.</summary>
    public double KillRate { get; init; }

    /// <summary>The probability that a request or an answer is lost.</summary>
    public double LossRate { get; init; }

    /// <summary>The probability that a death is a power cut.</summary>
    public double CutRate { get; init; }

    /// <summary>The longest time between two stops.</summary>
    public TimeSpan MostBetweenStops { get; init; }

    /// <summary>Starts processes for ever.</summary>
    public async Task RunAsync()
    {
        while (true)
        {
            var process = world.Begin($"serve{_starts++}");
            var died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            process.Killed = () => died.TrySetResult();
            process.KillRate = KillRate;
            Start(process);
            await died.Task.ConfigureAwait(false);
            if (world.Faults.Happens("power cut", CutRate)) disk.PowerCut();
            await world.Outside.WaitAsync(draws.Between(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30)), "restarts")
                .ConfigureAwait(false);
        }
    }

    /// <summary>Stops the process from time to time, as for an update.</summary>
    public async Task StopsAsync()
    {
        while (true)
        {
            await world.Outside.WaitAsync(draws.Between(TimeSpan.FromSeconds(5), MostBetweenStops), "operator waits").ConfigureAwait(false);
            if (Current is not { Process.IsDead: false } server || !world.Faults.Happens("stop", 0.5)) continue;
            server.Process.Run(async () =>
            {
                await server.Jobs.DisposeAsync().ConfigureAwait(false);
                server.Process.Kill();
            });
        }
    }

    private void Start(SimulatedProcess process)
    {
        try
        {
            model.Compare(disk.Of(world.Outside));
            Current = new SimulatedServer(world, process, disk, model, receiver, draws);
            model.Compare(id => Current.Jobs.FindAsync(id).Result);
            process.Run(Current.NotifyAsync);
        }
        catch (KilledException)
        {
        }
        catch (InputException e) when (e.InnerException is JsonException)
        {
            throw new OracleException("no damage", e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InputException)
        {
            world.Say(process.Name, $"does not start: {e.Message}");
            process.Kill();
        }
    }
}
