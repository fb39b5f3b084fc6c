namespace Granary.Server.Operations;

/// <summary>
/// The roles of a silo. Other silos read them from its name, such as <c>host-11111.api.sessions</c>; a name without roles has all roles.
/// </summary>
[Flags]
internal enum SiloRoles
{
    None = 0,

    /// <summary>Serves the HTTP API; a silo without this role serves only probes and metrics.</summary>
    Api = 1,

    /// <summary>Runs batches and other jobs, with their grains and strategies.</summary>
    Compute = 2,

    /// <summary>Hosts live sessions with their accounts.</summary>
    Sessions = 4,
}
