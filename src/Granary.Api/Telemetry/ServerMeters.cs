using Granary.Simulation.Telemetry;

namespace Granary.Api.Telemetry;

/// <summary>The sources of traces and measurements of a server: Granary's own, and those that are part of .NET and Npgsql.</summary>
internal static class ServerMeters
{
    /// <summary>Meters of <c>/metrics</c> and of OTLP.</summary>
    public static readonly string[] Names = [GranaryInstruments.Name, GranaryInstruments.Name + ".*", "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting", "System.Net.Http", "Npgsql", "System.Runtime"];

    /// <summary>Meters only for OTLP, because Orleans measures each grain call.</summary>
    public static readonly string[] ClusterNames = ["Microsoft.Orleans"];

    /// <summary>Sources of spans, in addition to requests.</summary>
    public static readonly string[] TraceSources =
        [GranaryInstruments.Name, GranaryInstruments.Name + ".*", "System.Net.Http", "Npgsql", "Microsoft.Orleans.Application"];
}
