namespace Granary.Reporting.Html;

/// <summary>A section of a report page. To add one, write a class in its own file and add it to the page's list.</summary>
/// <typeparam name="TView">The data that it reads; sections for a curve are also used on the page of a run.</typeparam>
internal interface IReportSection<in TView>
{
    /// <summary>The anchor of the section in the page.</summary>
    string Id { get; }

    string Title { get; }

    /// <summary>Whether the section has any content.</summary>
    bool Applies(TView view);

    /// <summary>Writes the content below the section's heading.</summary>
    void Write(HtmlWriter html, TView view);
}
