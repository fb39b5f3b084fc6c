namespace Granary.Engine;

/// <summary>
/// A person's input is invalid: a file, an option, a name, a parameter. The message is one sentence with the place and the remedy;
/// several errors are on separate lines.
/// </summary>
internal class InputException : Exception
{
    /// <param name="message">One sentence with the place and the remedy.</param>
    public InputException(string message) : base(message) => Faults = [message];

    /// <inheritdoc cref="InputException(string)"/>
    public InputException(string message, Exception? inner) : base(message, inner) => Faults = [message];

    /// <param name="faults">The errors, one sentence each, in the order of the file.</param>
    public InputException(IReadOnlyList<string> faults) : base(string.Join('\n', faults)) => Faults = faults;

    /// <summary>The errors, one sentence each, in the order of the file.</summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>JSON path in the file, such as <c>strategies[0].class</c>; null if the error does not have a place in a file yet.</summary>
    public string? Path { get; init; }

    /// <summary>Line in the file, from 1; 0 if the error does not have a place in a file yet.</summary>
    public int Line { get; init; }

    /// <summary>Returns the error with the place where the value was given, such as an option or a file, before its sentence.</summary>
    public InputException At(string place) => new($"{place}: {Message}", this);
}
