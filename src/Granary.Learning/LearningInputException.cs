namespace Granary.Learning;

/// <summary>
/// A table, label, model or setting from which nothing can be learned; the message is one sentence that names it and the remedy.
/// </summary>
public sealed class LearningInputException : ArgumentException
{
    public LearningInputException(string message) : base(message)
    {
    }

    public LearningInputException(string message, Exception? inner) : base(message, inner)
    {
    }

    /// <summary>True where the stored model is damaged: the caller named the right one.</summary>
    public bool IsDamage { get; init; }
}
