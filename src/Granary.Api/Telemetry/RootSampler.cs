using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Granary.Api.Telemetry;

/// <summary>
/// Decides which spans start a trace. A call of a grain or of a grain service starts none, and neither does a query of the database: those
/// that belong to a request or a batch have it as their parent, and the others are polls and calls for single strategies.
/// </summary>
internal sealed class RootSampler : Sampler
{
    /// <summary>The sampler of all spans: a span with a parent is sampled as its parent is.</summary>
    public static Sampler WithParents() => new ParentBasedSampler(new RootSampler());

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(IsGrainCall(samplingParameters.Name) || IsQuery(samplingParameters) ? SamplingDecision.Drop
            : SamplingDecision.RecordAndSample);

    // A query outside a request and a job belongs to a poll: of the membership, of a journal's lease, of the database's health.
    private static bool IsQuery(in SamplingParameters span) => span is { Kind: ActivityKind.Client, Name: "postgresql" };

    // Such as IJobGrain/SubmitAsync, and IComputeService/PollAsync of a grain service.
    private static bool IsGrainCall(string name) => name.Length > 1 && name[0] == 'I' && char.IsAsciiLetterUpper(name[1])
        && name.Contains('/', StringComparison.Ordinal) && name.EndsWith("Async", StringComparison.Ordinal);
}
