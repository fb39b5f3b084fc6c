namespace Granary.Server.Access;

/// <summary>Rights of the owner of an API key beside its role.</summary>
/// <param name="Code">Whether the owner may run code of their own; a viewer may not.</param>
/// <param name="Limits">Limits of the owner's research; null = none. Such a key has the role submitter, and runs no code of its
/// owner.</param>
internal readonly record struct KeyRights(bool Code = false, TrialLimits? Limits = null);
