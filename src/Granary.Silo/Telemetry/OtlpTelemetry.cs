using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Granary.Silo.Telemetry;

/// <summary>
/// Traces, measurements and logs over OTLP, wherever the standard variable <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says; nothing is collected
/// where it is not set.
/// </summary>
internal static class OtlpTelemetry
{
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Sources of traces: calls of the API, calls between grains, and what the grains themselves tell.</summary>
    public static readonly string[] TraceSources = ["Microsoft.AspNetCore", "Microsoft.Orleans.Application", "Microsoft.Orleans.Lifecycle",
        "Granary.*", "Npgsql"];

    public static readonly string[] Meters = ["Microsoft.Orleans", "Granary.*", "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel", "Npgsql", "System.Runtime"];

    public static void Add(WebApplicationBuilder builder, string siloName, string clusterId)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EndpointVariable))) return;
        void Describe(ResourceBuilder resource) =>
            resource.AddService("granary-silo", serviceVersion: typeof(OtlpTelemetry).Assembly.GetName().Version?.ToString(),
                serviceInstanceId: siloName)
            .AddAttributes([new("granary.cluster.id", clusterId)]).AddEnvironmentVariableDetector();
        builder.Logging.AddOpenTelemetry(o =>
        {
            var resource = ResourceBuilder.CreateDefault();
            Describe(resource);
            o.SetResourceBuilder(resource).AddOtlpExporter();
            o.IncludeScopes = true;
        });
        builder.Services.AddSingleton(_ => Sdk.CreateTracerProviderBuilder().ConfigureResource(Describe).AddSource(TraceSources)
            .AddOtlpExporter().Build());
        builder.Services.AddSingleton(_ => Sdk.CreateMeterProviderBuilder().ConfigureResource(Describe).AddMeter(Meters).AddOtlpExporter()
            .Build());
        builder.Services.AddHostedService<Collecting>();
    }

    /// <summary>Starts collecting with the host, and sends what is left when it stops.</summary>
    private sealed class Collecting(TracerProvider traces, MeterProvider meters) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            traces.ForceFlush(2000);
            meters.ForceFlush(2000);
            return Task.CompletedTask;
        }
    }
}
