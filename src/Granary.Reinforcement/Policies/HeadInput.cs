namespace Granary.Reinforcement.Policies;

/// <summary>Input of an <see cref="ActionHead"/>'s derivatives.</summary>
/// <param name="output">The output of the policy network for one row.</param>
/// <param name="own">The head's own parameters.</param>
/// <param name="action">The action as it was drawn.</param>
internal readonly ref struct HeadInput(ReadOnlySpan<double> output, ReadOnlySpan<double> own, ReadOnlySpan<double> action)
{
    public ReadOnlySpan<double> Output { get; } = output;

    public ReadOnlySpan<double> Own { get; } = own;

    public ReadOnlySpan<double> Action { get; } = action;
}
