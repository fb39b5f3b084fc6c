namespace Granary.Learning;

/// <summary>
/// A table, label, model or setting is not usable for learning. The message is one sentence with the input and the remedy.
/// </summary>
public sealed class LearningInputException : ArgumentException
{
    public LearningInputException(string message) : base(message)
    {
    }

    public LearningInputException(string message, Exception? inner) : base(message, inner)
    {
    }

    /// <summary>Whether the stored model is damaged, although the caller named the correct one.</summary>
    public bool IsDamage { get; init; }
}
