namespace Granary.Reporting.Html;

/// <summary>A part of a page. A new one is one file, and its name in the page's list.</summary>
/// <typeparam name="TView">What it reads: a curve's sections serve a run's page too.</typeparam>
internal interface IReportSection<in TView>
{
    /// <summary>Of the page's link to it.</summary>
    string Id { get; }

    string Title { get; }

    /// <summary>Whether there is anything to say.</summary>
    bool Applies(TView view);

    /// <summary>What stands below its heading.</summary>
    void Write(HtmlWriter html, TView view);
}
