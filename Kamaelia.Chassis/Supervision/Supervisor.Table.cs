// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace Kamaelia.Chassis;

/// <content>The children and the table of linkages.</content>
public partial class Supervisor
{
    private const string Self = LinkageTable.Self;

    private void AddPlace(string name, ChildSpec spec)
    {
        ThrowIfStarted();
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(spec);
        if (name is "" or Self || _places.ContainsKey(name))
        {
            throw new ArgumentException(
                name is "" or Self
                    ? $"A child cannot be called \"{name}\", which stands for the Supervisor itself. Give it another name."
                    : $"The Supervisor has a child \"{name}\" already. Give the new one another name.",
                nameof(name));
        }

        _places.Add(name, new SupervisedChild(this, _children, name, spec));
    }

    private void LinkByTable()
    {
        if (_linkages.Entries.Count == 0 && _places.Count == 1)
        {
            string only = _places.Keys.Single();
            _linkages.Add((Self, "inbox"), (only, "inbox"), MakeOwnBoxes, only);
            _linkages.Add((only, "outbox"), (Self, "outbox"), MakeOwnBoxes, only);
        }

        foreach (((string source, string sourceBox), (string sink, string sinkBox)) in _linkages.Entries)
        {
            if (sink == Self)
            {
                _places[source].AddOutlet(sourceBox, sinkBox, Passthrough.Outbox);
            }
            else if (source == Self)
            {
                Link((this, sourceBox), (this, _places[sink].InletTo(sinkBox)), Passthrough.Inbox);
            }
            else
            {
                _places[source].AddOutlet(sourceBox, _places[sink].InletTo(sinkBox), Passthrough.None);
            }
        }
    }

    private void MakeOwnBoxes((string Child, string Box) source, (string Child, string Box) sink)
    {
        if (source == (Self, "control") || sink == (Self, "signal") || sink == (Self, "crashes"))
        {
            throw new ArgumentException(
                "the Supervisor reads what comes on its \"control\" itself, and speaks itself on \"signal\" and \"crashes\". Leave the entry " +
                "out: children are told of what comes on \"control\", and what they say on \"signal\" that is no shutdown message is passed on.");
        }

        if (source.Child == Self && !InboxNames.Contains(source.Box))
        {
            AddInbox(source.Box, $"For \"{sink.Box}\" of the child \"{sink.Child}\".");
        }

        if (sink.Child == Self && !OutboxNames.Contains(sink.Box))
        {
            AddOutbox(sink.Box, $"From \"{source.Box}\" of the child \"{source.Child}\".");
        }
    }

    private void ThrowIfStarted()
    {
        if (_started)
        {
            throw new InvalidOperationException($"{Name} has made its linkages already. Give it children and linkages before it runs.");
        }
    }
}
