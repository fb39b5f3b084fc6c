namespace Granary.Server.Access;

/// <summary>The permissions of an API key; each role includes the previous ones.</summary>
internal enum Role
{
    /// <summary>May read everything.</summary>
    Viewer,

    /// <summary>May also submit and cancel batches.</summary>
    Submitter,

    /// <summary>May also change what trades: weights and strategies.</summary>
    Admin,
}
