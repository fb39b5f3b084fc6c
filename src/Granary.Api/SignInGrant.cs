using Granary.Server.Access;

namespace Granary.Api;

/// <summary>The right that a value of the role claim gives a person.</summary>
/// <param name="Value">The value, compared with case.</param>
/// <param name="Role">null = the right <c>code</c>, beside a role that a different value gives.</param>
internal sealed record SignInGrant(string Value, Role? Role);
