using Granary.Api.Health;
using Granary.Kafka;

namespace Granary.Silo.Readiness;

/// <summary>Checks that the brokers of the silo's streams answer and have its topic.</summary>
internal sealed class StreamReadiness(KafkaProbe kafka) : IReadinessCheck
{
    // Shorter than the time that a probe waits for a check.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(1.5);

    public string Name => "streams";

    public async ValueTask<string?> CheckAsync(CancellationToken cancellationToken) =>
        await kafka.FaultAsync(s_timeout, cancellationToken).ConfigureAwait(false);
}
