namespace Granary.Learning.Reinforcement.Policies;

/// <summary>What the slopes of an <see cref="ActionHead"/> depend on.</summary>
/// <param name="output">Of the policy network, for one row.</param>
/// <param name="own">The head's own parameters.</param>
/// <param name="action">As it was drawn.</param>
public readonly ref struct HeadInput(ReadOnlySpan<double> output, ReadOnlySpan<double> own, ReadOnlySpan<double> action)
{
    public ReadOnlySpan<double> Output { get; } = output;

    public ReadOnlySpan<double> Own { get; } = own;

    public ReadOnlySpan<double> Action { get; } = action;
}
