using Granary.Api.Telemetry;
using Granary.Application.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Granary.Api.Hosting;

/// <summary>
/// Traces, measurements and logs over OTLP, wherever the standard variable <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says; nothing is collected
/// where it is not set.
/// </summary>
public static class OtlpTelemetry
{
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // The standard variable that names a sampler; without it Granary's own decides.
    private const string SamplerVariable = "OTEL_TRACES_SAMPLER";

    /// <param name="service">The name of the service: granary-serve or granary-silo.</param>
    /// <param name="instance">Tells the processes of a service apart.</param>
    /// <param name="attributes">Further attributes of the resource.</param>
    public static void Add(WebApplicationBuilder builder, string service, string instance,
        params KeyValuePair<string, object>[] attributes)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EndpointVariable))) return;
        void Describe(ResourceBuilder resource) =>
            resource.AddService(service, serviceVersion: ProgramVersion.Text,
                serviceInstanceId: instance).AddAttributes(attributes).AddEnvironmentVariableDetector();
        builder.Logging.AddOpenTelemetry(o =>
        {
            var resource = ResourceBuilder.CreateDefault();
            Describe(resource);
            o.SetResourceBuilder(resource).AddOtlpExporter();
            (o.IncludeScopes, o.IncludeFormattedMessage) = (true, true);
        });
        builder.Services.AddSingleton(_ =>
        {
            var traces = Sdk.CreateTracerProviderBuilder().ConfigureResource(Describe).AddSource(ServerMeters.TraceSources);
            if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(SamplerVariable))) traces.SetSampler(RootSampler.WithParents());
            return traces.AddOtlpExporter().Build();
        });
        builder.Services.AddSingleton(_ => Sdk.CreateMeterProviderBuilder().ConfigureResource(Describe)
            .AddMeter([.. ServerMeters.Names, .. ServerMeters.ClusterNames]).AddOtlpExporter().Build());
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
