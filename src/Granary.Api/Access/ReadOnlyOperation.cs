using Microsoft.AspNetCore.Http;

namespace Granary.Api.Access;

/// <summary>Marks an operation that takes a body but changes nothing.</summary>
internal sealed class ReadOnlyOperation
{
    /// <summary>Says of one request that it changes nothing, where its body decides.</summary>
    public static void Mark(HttpContext context) => context.Items[typeof(ReadOnlyOperation)] = true;

    /// <summary>Whether a request was marked.</summary>
    public static bool IsMarked(HttpContext context) => context.Items.ContainsKey(typeof(ReadOnlyOperation));
}
