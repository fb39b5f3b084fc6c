using Granary.Server.Access;

namespace Granary.Assistants.Calls;

/// <summary>The role that a tool needs; without it, viewer.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsRoleAttribute(Role role) : Attribute
{
    public Role Role { get; } = role;
}
