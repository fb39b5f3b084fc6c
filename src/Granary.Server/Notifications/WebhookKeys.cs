using Granary.Engine.Catalogues;

namespace Granary.Server.Notifications;

/// <summary>The keys of a webhook in the file of notifications.</summary>
internal sealed record WebhookKeys
{
    [Key("at most 40 letters, digits, `-` and `_`", Without = "needed")]
    public required string Name { get; init; }

    [Key("`https`, or `http` on this machine", Without = "needed")]
    public required string Url { get; init; }

    [Key("file with the key of the signature, relative to this file", Without = "`secretVariable`")]
    public string? SecretFile { get; init; }

    [Key("environment variable with the key of the signature", Without = "`secretFile`")]
    public string? SecretVariable { get; init; }
}
