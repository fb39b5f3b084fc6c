namespace Granary.Contracts;

/// <summary>A page of a list.</summary>
/// <typeparam name="T">An item of the list.</typeparam>
public interface IPage<out T>
{
    /// <summary>The items of the page, in the order of the list.</summary>
    IReadOnlyList<T> Items { get; }

    /// <summary>The cursor of the next page; null where this is the last.</summary>
    string? Next { get; }
}
