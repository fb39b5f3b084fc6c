using System.Security.Claims;
using Granary.Server.Access;

namespace Granary.Assistants.Calls;

/// <summary>Finds the caller of a request.</summary>
/// <param name="find">Its argument is null if the transport knows no user, as standard input and output.</param>
internal sealed class AssistantCallers(Func<ClaimsPrincipal?, Caller> find)
{
    /// <exception cref="NotAllowedException">The user has no role.</exception>
    public Caller Of(ClaimsPrincipal? user) => find(user);
}
