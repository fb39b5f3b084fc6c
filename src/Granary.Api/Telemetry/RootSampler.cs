using OpenTelemetry.Trace;

namespace Granary.Api.Telemetry;

/// <summary>
/// Decides which traces begin. A call of a grain begins none: calls that belong to a request or a batch have it as their parent, and the
/// others are polls and the calls that a batch makes for each strategy.
/// </summary>
internal sealed class RootSampler : Sampler
{
    /// <summary>The sampler of all spans: a span with a parent is sampled as its parent is.</summary>
    public static Sampler WithParents() => new ParentBasedSampler(new RootSampler());

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(IsGrainCall(samplingParameters.Name) ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);

    // As IBatchGrain/SubmitAsync.
    private static bool IsGrainCall(string name) =>
        name.StartsWith('I') && name.IndexOf('/', StringComparison.Ordinal) is var slash and > 0
        && name.AsSpan(0, slash).Contains("Grain", StringComparison.Ordinal);
}
