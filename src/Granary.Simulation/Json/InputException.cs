namespace Granary.Simulation.Json;

/// <summary>
/// A file that the user wrote is invalid. Each error is one sentence with file, line, field and remedy. Several errors are on separate
/// lines.
/// </summary>
public sealed class InputException : Exception
{
    public InputException(string message) : base(message) => Faults = [message];

    public InputException(string message, Exception inner) : base(message, inner) => Faults = [message];

    internal InputException(IReadOnlyList<string> faults) : base(string.Join('\n', faults)) => Faults = faults;

    /// <summary>The errors, one sentence each, in the order of the file.</summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>Whether a folder that was to be resumed has another run, or one with other bars.</summary>
    public bool IsOfOtherRun { get; init; }

    /// <summary>JSON path in the file, such as <c>strategies[0].class</c>; null if the error does not concern a value.</summary>
    internal string? Path { get; init; }

    internal int Line { get; init; }
}
