namespace Granary.Hosting.Aspire;

/// <summary>The work of a silo, as its option <c>--roles</c>.</summary>
[Flags]
public enum GranaryRoles
{
    /// <summary>The HTTP API and the dashboard; probes and metrics need no role.</summary>
    Api = 1,

    /// <summary>Batches and other jobs.</summary>
    Compute = 2,

    /// <summary>Live accounts.</summary>
    Sessions = 4,

    /// <summary>All of them.</summary>
    All = Api | Compute | Sessions,
}
