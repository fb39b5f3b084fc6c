using Granary.Application.Telemetry;

namespace Granary.Api.Telemetry;

/// <summary>The sources of traces and measurements of a server: Granary's own, and those that are part of .NET and Npgsql.</summary>
internal static class ServerMeters
{
    /// <summary>Meters of <c>/metrics</c> and of OTLP. A star stands for any end.</summary>
    public static readonly string[] Names = [GranaryInstruments.Name, GranaryInstruments.Name + ".*", "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting", "System.Net.Http", "Npgsql", "System.Runtime"];

    /// <summary>Only over OTLP: Orleans measures each call of a grain.</summary>
    public static readonly string[] ClusterNames = ["Microsoft.Orleans"];

    public static readonly string[] TraceSources = [GranaryInstruments.Name, GranaryInstruments.Name + ".*", "Microsoft.AspNetCore",
        "System.Net.Http", "Npgsql", "Microsoft.Orleans.Application"];

    /// <summary>Whether a meter is one of <see cref="Names"/>.</summary>
    public static bool IsListed(string meter) =>
        Names.Any(n => n.EndsWith('*') ? meter.StartsWith(n[..^1], StringComparison.Ordinal) : meter == n);
}
