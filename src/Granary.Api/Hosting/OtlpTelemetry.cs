using Granary.Api.Telemetry;
using Granary.Server.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Granary.Api.Hosting;

/// <summary>
/// Exports traces, metrics and logs over OTLP to the endpoint of the standard variable <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>. If it is not
/// set, only <c>/metrics</c> shows the metrics.
/// </summary>
internal static class OtlpTelemetry
{
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // The standard variable that names a sampler; without it Granary's own decides.
    private const string SamplerVariable = "OTEL_TRACES_SAMPLER";

    /// <param name="service">The name of the service: granary-serve or granary-silo.</param>
    /// <param name="instance">Distinguishes the processes of a service.</param>
    /// <param name="attributes">Further attributes of the resource.</param>
    public static void Add(WebApplicationBuilder builder, string service, string instance,
        params KeyValuePair<string, object>[] attributes)
    {
        void Describe(ResourceBuilder resource) =>
            resource.AddService(service, serviceVersion: ProgramVersion.Text,
                serviceInstanceId: instance).AddAttributes(attributes).AddEnvironmentVariableDetector();
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(Describe);
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EndpointVariable))) return;
        telemetry.WithLogging(static l => l.AddOtlpExporter(), static o => (o.IncludeScopes, o.IncludeFormattedMessage) = (true, true))
            .WithMetrics(static m => m.AddMeter(ServerMeters.ClusterNames).AddOtlpExporter())
            .WithTracing(static t =>
            {
                t.AddAspNetCoreInstrumentation(static o => o.Filter = TracedRequests.IsTraced).AddSource(ServerMeters.TraceSources)
                    .AddOtlpExporter();
                if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(SamplerVariable))) t.SetSampler(RootSampler.WithParents());
            });
    }
}
