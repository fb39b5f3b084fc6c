using Granary.Engine;
using Microsoft.AspNetCore.Http;

namespace Granary.Api.Access;

/// <summary>
/// Whether the key, token or session of a request is still valid. A stream of events can be open for hours, and ends with it.
/// </summary>
internal sealed class CallerStanding(Func<bool> isValid)
{
    public static void Set(HttpContext context, Func<bool> isValid) => context.Features.Set(new CallerStanding(isValid));

    /// <summary>Whether the caller of a request may still have its answer.</summary>
    public static bool Holds(HttpContext context) => context.Features.Get<CallerStanding>()?.IsValid() != false;

    // A damaged file of keys admits no key.
    private bool IsValid()
    {
        try
        {
            return isValid();
        }
        catch (InputException)
        {
            return false;
        }
    }
}
