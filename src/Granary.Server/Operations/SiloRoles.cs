namespace Granary.Server.Operations;

/// <summary>
/// What a silo does. The other silos read it from its name: <c>host-11111.api.sessions</c>; a name without roles has all.
/// </summary>
[Flags]
public enum SiloRoles
{
    None = 0,

    /// <summary>Serves the HTTP API; without it a silo serves probes and metrics alone.</summary>
    Api = 1,

    /// <summary>Runs batches and other jobs: their grains, and strategies.</summary>
    Compute = 2,

    /// <summary>Holds live sessions with their accounts.</summary>
    Sessions = 4,
}
