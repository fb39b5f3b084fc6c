namespace Granary.Server.Access;

/// <summary>What the bearer of a key may do; each includes those before it.</summary>
public enum Role
{
    /// <summary>Reads everything.</summary>
    Viewer,

    /// <summary>Submits and cancels batches too.</summary>
    Submitter,

    /// <summary>Changes what trades too: weights, strategies.</summary>
    Admin,
}
