using Granary.Contracts.Operations;
using Granary.Server.Operations;

namespace Granary.Silo.Clustering;

/// <summary>Warns at the start of a silo if another one of the cluster is of a different build.</summary>
internal sealed partial class SiloVersions(IClusterOperations cluster, ILogger<SiloVersions> logger)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            var state = await cluster.StateAsync(cancellationToken).WaitAsync(s_timeout, cancellationToken).ConfigureAwait(false);
            if (Others(state.Silos, ProgramVersion.Text) is { Length: > 0 } others) Differ(logger, ProgramVersion.Text, others);
        }
        catch (Exception e)
        {
            // The silo works without the comparison; "granary cluster status" shows the versions too.
            NotCompared(logger, e.Message);
        }
    }

    /// <summary>The silos of a different version, with their versions; empty if there are none.</summary>
    public static string Others(IReadOnlyList<SiloState> silos, string own) => string.Join(", ",
        silos.Where(s => s.Version is { } version && version != own).Select(s => $"{s.Name} {s.Version}"));

    [LoggerMessage(1, LogLevel.Warning,
        "This silo has the version {Version}, and others of the cluster differ ({Others}): calls that only one of the builds knows fail "
        + "until all silos have the same version")]
    private static partial void Differ(ILogger logger, string version, string others);

    [LoggerMessage(2, LogLevel.Information, "The versions of the other silos are unknown: {Reason}")]
    private static partial void NotCompared(ILogger logger, string reason);
}
