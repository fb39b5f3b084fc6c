using Granary.Simulation.RunFolders;

namespace Granary.Api.Health;

/// <summary>Whether the folder of the runs can be written.</summary>
internal sealed class DiskReadiness(RunDisk disk) : IReadinessCheck
{
    public string Name => "disk";

    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) => ValueTask.FromResult(disk.Fault());
}
