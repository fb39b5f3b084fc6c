using OpenTelemetry.Trace;

namespace Granary.Api.Telemetry;

/// <summary>
/// Decides which spans start a trace. A call of a grain or of a grain service starts none: calls that belong to a request or a batch have
/// it as their parent, and the others are polls and calls for single strategies.
/// </summary>
internal sealed class RootSampler : Sampler
{
    /// <summary>The sampler of all spans: a span with a parent is sampled as its parent is.</summary>
    public static Sampler WithParents() => new ParentBasedSampler(new RootSampler());

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(IsGrainCall(samplingParameters.Name) ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);

    // Such as IJobGrain/SubmitAsync, and IComputeService/PollAsync of a grain service.
    private static bool IsGrainCall(string name) => name.Length > 1 && name[0] == 'I' && char.IsAsciiLetterUpper(name[1])
        && name.Contains('/', StringComparison.Ordinal) && name.EndsWith("Async", StringComparison.Ordinal);
}
